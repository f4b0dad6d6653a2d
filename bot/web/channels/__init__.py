"""The interview by SMS, WhatsApp, Telegram, Messenger and Matrix: one adapter a network, the same conversation behind all."""
