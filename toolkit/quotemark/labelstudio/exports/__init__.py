"""Exports of other people's projects, in any form that Label Studio has written."""
