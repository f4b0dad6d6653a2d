"""What only these networks need to say: who carries the messages, how to stop, and what to do with what has no words."""

from __future__ import annotations

# Every text names the emergency number where somebody may be waiting for help; filled in by `bot.web.turns.words.fill`.
NO_WORDS = "I can only read text here, so I could not use what you sent. Please write it in words. In an emergency call [[emergency]] now."
EDITED = "I saw that you changed a message. I read only new messages, so please send the change as a new one."
ENCRYPTED = "I cannot read encrypted rooms. Please write to me in a room without encryption, or use the chat on our website: [[public_url]]. In an emergency call [[emergency]] now."
TOO_LATE = "That question is answered already. You can tell me what to change in your own words. In an emergency call [[emergency]] now."
SLOWED = "That was a lot at once. I go on with your messages in a moment. In an emergency call [[emergency]] now."
SLOWED_SEND_AGAIN = "That was a lot at once, and I could not take all of it. Please wait a moment, then send again what I have not answered. In an emergency call [[emergency]] now."
STOPPED = "You will get no more messages from [[clinic_name]] here. Write START to begin again. You can call us: [[phone]]. In an emergency call [[emergency]]."
HELP = "[[clinic_name]]: automated help with choosing an appointment. Call us: [[phone]]. Emergency: [[emergency]]. Write STOP for no more messages, “DELETE EVERYTHING” to have all of it deleted."
STARTED = "Welcome back. You will get messages from [[clinic_name]] here again."
REMINDERS = "I will remind you of your visit here. Write STOP when you want no more messages."
CARRIED_BY = "Your messages reach us through {company}, which can see them under its own terms."
# Whom a visitor's words pass on the way, by channel.
COMPANIES = {
    "sms": "Twilio and your phone company",
    "whatsapp": "WhatsApp (Meta)",
    "whatsapp by twilio": "WhatsApp (Meta) and Twilio",
    "telegram": "Telegram",
    "messenger": "Facebook Messenger (Meta)",
    "matrix": "the Matrix servers of you and the clinic",
}
REPLY_NUMBER = "Reply with the number."
REPLY_NUMBERS = "Reply with the numbers, “none” or “not sure”."
ON_THE_WEB = "You can also point at it on a picture: {link} (opens this conversation once, for 30 minutes)."
KNOWN = "This is what I have noted about you:"
NOTHING_KNOWN = "I have noted nothing about your visit yet."
KNOWN_TOO = "I also keep what we both wrote here and the address you write from. Write “download my data” to get all of it, or “DELETE EVERYTHING”."
KNOWN_BY_LINK = "What I have noted about you is here: {link} (opens this conversation once, for 30 minutes). I don't list it by SMS, where others could read it."
DOWNLOAD = "You can download all of it here, under “Your data”: {link} (opens this conversation once, for 30 minutes)."
# Twilio's and Meta's approved templates say this; it is here so that a clinic can hand it in for approval.
OUTSIDE = "[[clinic_name]] has written to you. Reply here to read it, or call us: [[phone]]."
