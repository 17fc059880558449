"""Drafts of topics that members asked for: `/suggest`, `/drafts`, and the message in which a reviewer sees to one."""
