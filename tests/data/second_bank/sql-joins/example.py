"""A left join keeps the customer without orders; an inner join drops that row."""

import sqlite3

KIND = "LEFT"  # kind of join: one of LEFT, INNER

shop = sqlite3.connect(":memory:")
shop.executescript("""
    CREATE TABLE customers (id INTEGER, name TEXT);
    CREATE TABLE orders (customer INTEGER, item TEXT);
    INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cy');
    INSERT INTO orders VALUES (1, 'pen'), (1, 'ink'), (3, 'cup');
""")
rows = shop.execute(f"""
    SELECT c.name, o.item FROM customers c
    {KIND} JOIN orders o ON o.customer = c.id
    ORDER BY c.id, o.item
""").fetchall()
for name, item in rows:
    print(f"{name:4} {item}")
names = {name for name, _ in rows}
assert names == {"Ada", "Bo", "Cy"}, f"only {sorted(names)} are left"
assert ("Bo", None) in rows, "Bo has no order, so the item is NULL"
