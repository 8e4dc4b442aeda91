{{ basel_template("LR1") }}
