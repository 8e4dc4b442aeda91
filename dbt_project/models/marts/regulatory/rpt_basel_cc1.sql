{{ basel_template("CC1") }}
