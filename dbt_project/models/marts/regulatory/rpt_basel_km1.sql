{{ basel_template("KM1") }}
