"""智能预审: papers are read, and what stands on them is laid beside what was declared. A person decides."""
