"""The live road: frames from a source, through the tinter, to sinks."""
