import { notFound } from "../errors.ts";
import { type Handler, type PageInput, pageOf } from "./resources.ts";

/** Families of resources that the emulator cannot create, so none exists to list, describe, change or delete. */
const families = [
    { noun: "MetricAttribution", members: "metricAttributions", label: "metric attribution" },
    { noun: "DataDeletionJob", members: "dataDeletionJobs", label: "data deletion job" },
];

const empty =
    (operation: string, members: string): Handler =>
    (_, input: PageInput) => {
        const { page, ...token } = pageOf([], input, operation);
        return { [members]: page, ...token };
    };

const missing =
    (noun: string, label: string): Handler =>
    (_, input: Record<string, string | undefined>) => {
        const member = `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Arn`;
        throw notFound(label, input[member] ?? "");
    };

/** Handlers of these families' operations, after validation. Their Create operations are rejected with a reason. */
export const unbuiltHandlers: Record<string, Handler> = {
    ...Object.fromEntries(
        families.flatMap(({ noun, members, label }): [string, Handler][] => [
            [`List${noun}s`, empty(`List${noun}s`, members)],
            ...["Describe", "Update", "Delete"].map((verb): [string, Handler] => [
                `${verb}${noun}`,
                missing(noun, label),
            ]),
        ]),
    ),
    ListMetricAttributionMetrics: empty("ListMetricAttributionMetrics", "metrics"),
};
