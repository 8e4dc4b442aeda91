{{ basel_template("CCR1") }}
