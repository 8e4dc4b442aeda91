{{ basel_template("CR4") }}
