"""The Faust applications, thin over ``domain`` and ``sinks``: decode, judge, send, acknowledge."""
