{{ basel_template("LR2") }}
