"""预测与预警: how many will come, how many people that takes, which cases may be late. Shown only where it helps."""
