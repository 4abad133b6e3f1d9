/** Width of lines if the terminal's width is unknown. */
export const defaultColumns = 120;
const fewestColumns = 40;

/**
 * Wraps a text at `columns` into lines, and cuts words that are longer than a line. Each line after the first begins
 * with `indent`.
 * @param columns of the terminal; less than 40 counts as 40
 */
export function wrap(text: string, indent = "", columns = defaultColumns): string[] {
    const lines: string[] = [];
    let line = "";
    const width = Math.max(columns, fewestColumns);
    const room = () => width - (lines.length === 0 ? 0 : indent.length);
    const end = () => {
        lines.push(lines.length === 0 ? line : indent + line);
        line = "";
    };
    for (const word of text.split(/(?<=\S) /)) {
        let rest = word;
        if (line !== "" && line.length + 1 + rest.length > room()) end();
        while (rest.length > room() - (line === "" ? 0 : line.length + 1)) {
            const taken = room();
            line = rest.slice(0, taken);
            rest = rest.slice(taken);
            end();
        }
        line = line === "" ? rest : `${line} ${rest}`;
    }
    if (line !== "" || lines.length === 0) end();
    return lines;
}

/**
 * Splits a command before options and operators into lines that end in a backslash, so that a shell joins them. Does
 * not split an option's value, because users copy it.
 */
export function wrapCommand(command: string, indent: string, columns = defaultColumns): string[] {
    const parts: string[] = [];
    for (const word of command.match(/(?:\\.|'[^']*'|\S)+/g) ?? []) {
        const last = parts.at(-1);
        if (last === undefined || /^(--\w|&&|\|)/.test(word)) parts.push(word);
        else parts[parts.length - 1] = `${last} ${word}`;
    }
    const lines: string[] = [];
    for (const part of parts) {
        const last = lines.at(-1);
        const width = (lines.length > 1 ? indent.length : 0) + (last?.length ?? 0) + part.length + 3;
        if (last === undefined || width > columns) lines.push(part);
        else lines[lines.length - 1] = `${last} ${part}`;
    }
    return lines.map((line, index) => `${index === 0 ? "" : indent}${line}${index < lines.length - 1 ? " \\" : ""}`);
}
