"""What time does: deliveries, unanswered orders, lapsing holds, retention."""
