"""好差评: five levels, one for a visit or a case, through any channel (国办发〔2019〕51号, GB/T 39734)."""
