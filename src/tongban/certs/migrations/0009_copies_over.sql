-- Copies in wallets that are long over are swept away in the order in which they ended.
CREATE INDEX wallet_key_over ON wallet_key (least(ended_at, until));
