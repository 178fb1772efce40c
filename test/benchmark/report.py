"""What was measured, as a table for the terminal, as markdown, and as a plot."""

from html import escape

COLUMNS = ["", "ms", "GB/s", "MB", "least MB", "to copy", "to least"]


def cells(row, peers):
    """The texts of one row. A peer's is how many times as long as normc it takes."""
    least = row["minimum_bytes"] / 1e6
    texts = [f"{row['case']} {row['half']}".strip(), f"{row['real_time'] / 1e6:.3f}", f"{row['bytes_per_second'] / 1e9:.1f}",
             f"{row['certified_bytes'] / 1e6:.2f}", f"{least:.2f}", f"{row['ratio_to_copy']:.2f}",
             f"{row['ratio_to_minimum_copy']:.2f}"]
    for peer in peers:
        ratio = row["peers"].get(peer)
        texts.append("-" if ratio is None else f"{ratio:.2f}x")
    return texts


def terminal(rows, peers):
    table = [COLUMNS + list(peers)] + [cells(row, peers) for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    return "\n".join("  ".join(text.ljust(width) if i == 0 else text.rjust(width)
                               for i, (text, width) in enumerate(zip(line, widths))) for line in table)


def markdown(rows, peers, context):
    lines = [f"{context['processor']}, {context['threads']} threads, {context['date']}.", "",
             "`to copy`: the time beside a streaming copy of the certified bytes (MB), fastest samples of one loop; `to least`: beside",
             "a copy of the bytes that any implementation must move. A peer's column: how many times as long as normc it takes, in",
             "one loop with it, fastest samples.", ""]
    lines += [f"{name} was left out: {reason}" for name, reason in context["left_out"].items()]
    lines += ["", "| " + " | ".join(COLUMNS + list(peers)) + " |", "|" + "---|" + "---:|" * (len(COLUMNS) + len(peers) - 1)]
    lines += ["| " + " | ".join(cells(row, peers)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def gpu_markdown(rows, peers, context):
    lines = [f"{context['gpu']}; PyTorch: {context['pytorch']}; {context['date']}.", "",
             "`to copy`: the time beside a copy within the GPU's memory that moves as many bytes as the kernels are certified to (MB),",
             "fastest samples of one loop; `to least`: beside one of the bytes that any implementation must move. A peer's column: how",
             "many times as long as normc it takes.", ""]
    lines += ["| " + " | ".join(COLUMNS + list(peers)) + " |", "|" + "---|" + "---:|" * (len(COLUMNS) + len(peers) - 1)]
    lines += ["| " + " | ".join(cells(row, peers)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


COLORS = ["#c2410c", "#7c3aed", "#15803d", "#be185d", "#a16207"]
LIMIT = 12.0  # the plot's last ratio; what is slower lies on its edge


def svg(rows, peers):
    """Each row's time over that of a copy of the least bytes: normc as a bar, each peer as a dot."""
    left, right, line, top = 330, 40, 18, 60
    width = 640
    height = top + line * len(rows) + 30

    def x(ratio):
        return left + width * min(ratio, LIMIT) / LIMIT

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{height}" '
             'font-family="sans-serif" font-size="11">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="16" font-size="13">time over a copy of the least bytes (1 is the speed of memory)</text>']
    legend = left
    for name, color in [("normc", "#2563eb"), *zip(peers, COLORS)]:
        parts.append(f'<circle cx="{legend}" cy="32" r="4" fill="{color}"/><text x="{legend + 8}" y="36">{escape(name)}</text>')
        legend += 30 + 7 * len(name)
    for ratio in range(int(LIMIT) + 1):
        stroke = "#111" if ratio in (0, 1) else "#ddd"
        parts.append(f'<line x1="{x(ratio):.1f}" x2="{x(ratio):.1f}" y1="{top - 8}" y2="{height - 24}" stroke="{stroke}"/>'
                     f'<text x="{x(ratio):.1f}" y="{height - 10}" text-anchor="middle">{ratio}</text>')
    for index, row in enumerate(rows):
        y = top + line * index
        own = row["ratio_to_minimum_copy"]
        label = escape(f"{row['case']} {row['half']}".strip())
        parts.append(f'<text x="{left - 8}" y="{y + 9}" text-anchor="end">{label}</text>'
                     f'<rect x="{left}" y="{y}" width="{x(own) - left:.1f}" height="10" fill="#2563eb"><title>{own:.2f}</title></rect>')
        for peer, color in zip(peers, COLORS):
            ratio = row["peers"].get(peer)
            if ratio is not None:
                parts.append(f'<circle cx="{x(own * ratio):.1f}" cy="{y + 5}" r="4" fill="{color}">'
                             f'<title>{escape(peer)} {own * ratio:.2f}</title></circle>')
    return "\n".join([*parts, "</svg>", ""])
