/**
 * Another valid form of each text that the service may return in its own words. AWS documents none of these answers: a
 * client must accept both forms.
 */
const forms: Readonly<Record<string, (text: string) => string>> = {
    datasetType: (type) => type.charAt(0) + type.slice(1).toLowerCase(),
    filterExpression: otherFilter,
    schema: (schema) => JSON.stringify(reversed(JSON.parse(schema)), null, 4),
    schedulingExpression: (schedule) => schedule.replace(/days?/, (unit) => (unit === "day" ? "days" : "day")),
};

/** An answer with these texts in their other form, at any depth. */
export function inOtherForms(answer: unknown): unknown {
    if (Array.isArray(answer)) return answer.map(inOtherForms);
    if (typeof answer !== "object" || answer === null) return answer;
    const members = Object.entries(answer).map(([name, value]) => [
        name,
        typeof value === "string" && Object.hasOwn(forms, name) ? forms[name]?.(value) : inOtherForms(value),
    ]);
    return Object.fromEntries(members);
}

/** Words in lower case and two spaces for one, outside of quotes and placeholders. */
function otherFilter(expression: string): string {
    const parts = expression.match(/"(?:[^"\\]|\\.)*"|\$\w+|[^"$]+/gsu) ?? [];
    return parts.map((part) => (/^["$]/.test(part) ? part : part.toLowerCase().replaceAll(" ", "  "))).join("");
}

/** An object with its members in the opposite order. */
const reversed = (document: object) => Object.fromEntries(Object.entries(document).reverse());
