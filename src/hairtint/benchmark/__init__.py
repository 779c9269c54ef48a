"""How fast is hairtint here? Every stage of the live road, measured on this machine, beside the report's figures."""
