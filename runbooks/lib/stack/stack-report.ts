import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { messageOf } from "../../../personalize/errors.ts";
import { kinds } from "../../../personalize/kinds.ts";
import type { CommonInputs, ResourceKind } from "../../../personalize/resource.ts";
import { type GuardNote, guardNote } from "./guard-note.ts";
import { type CallError, lastCallError } from "./last-call-error.ts";
import type { RecordedResource } from "./stack.ts";
import { isFailed, type Overall, overall, type ResourceStatus, statusOf } from "./status.ts";

/** A resource as it stands; where it failed, with the last call about it that AWS refused. */
export interface ReportedResource extends ResourceStatus {
    readonly lastCallError: CallError | null;
}

/** How a stack stands. */
export interface StackReport {
    readonly overall: Overall;
    readonly resources: readonly ReportedResource[];
    /** null where it may not be read. */
    readonly money: GuardNote | null;
    /** What may not be read, or did not answer, and why. */
    readonly unread: readonly { readonly what: string; readonly reason: string }[];
}

/** Each by its region. */
export interface ReportClients {
    personalize(region: string): PersonalizeClient;
    cloudTrail(region: string): CloudTrailClient;
    ssm(region: string): SSMClient;
}

/**
 * Looks at all that is recorded of a stack, and at what explains it. The service's own answer must come; what only
 * explains may be missing.
 */
export async function reportOn(
    clients: ReportClients,
    stack: string,
    recorded: readonly RecordedResource[],
    now: number,
): Promise<StackReport> {
    const statuses = await statusOf(clients.personalize, recorded, now);
    const region = recorded[0]?.region ?? "";
    const unread: { what: string; reason: string }[] = [];
    const orUnread = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
        try {
            return await work();
        } catch (error) {
            unread.push({ what, reason: messageOf(error) });
            return null;
        }
    };
    const resources: ReportedResource[] = [];
    for (const [index, status] of statuses.entries()) {
        // One refusal is enough to know that CloudTrail may not be read.
        const asks = isFailed(status) && unread.length === 0;
        const of = recorded[index];
        const look = of && asks && (() => lastCallError(clients.cloudTrail(region), of.kind, namesOf(of, status), now));
        resources.push({ ...status, lastCallError: (look && (await orUnread("CloudTrail", look))) || null });
    }
    const money = region === "" ? null : await orUnread("marks", () => guardNote(clients.ssm(region), stack));
    return { overall: overall(statuses), resources, money, unread };
}

/** Under what a call may have named it: by its ARN, as the program makes it, or as the ARN ends. */
function namesOf({ kind, inputs }: RecordedResource, { arn }: ResourceStatus): readonly string[] {
    const { displayName: nameOf } = kinds[kind] as unknown as ResourceKind<CommonInputs>;
    const names = [arn, arn?.split("/").at(-1), nameOf(inputs as unknown as CommonInputs)];
    return names.filter((name): name is string => typeof name === "string" && name !== "");
}
