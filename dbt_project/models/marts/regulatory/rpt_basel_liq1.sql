{{ basel_template("LIQ1") }}
