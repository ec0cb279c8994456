"""How the tables came to their form, step by step.

Modules, in the order of the flow: 0001_first, 0002_review, 0003_vault, 0004_today, 0005_filming, 0006_door,
0007_phone, 0008_player, 0009_vault_bin, 0010_share, 0011_pages, 0012_due, 0013_talk, 0014_clinic, 0015_api,
0016_rate, 0017_enter, 0018_news, 0019_bundle.
"""
