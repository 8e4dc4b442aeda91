{{ basel_template("LIQ2") }}
