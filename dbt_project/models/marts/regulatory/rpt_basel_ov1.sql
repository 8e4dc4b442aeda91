{{ basel_template("OV1") }}
