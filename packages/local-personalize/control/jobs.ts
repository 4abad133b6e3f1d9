import type { Tag } from "./properties.ts";
import { type Call, checkQuotaUnderWay, create, type PageInput, pageOf } from "./resources.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

/** Jobs that read or write S3 once. No operation changes or deletes them. */
type JobKind =
    | "batch-inference-job"
    | "batch-segment-job"
    | "dataset-export-job"
    | "dataset-import-job"
    | "data-deletion-job";

/**
 * Creates a job under its solution version or dataset, and schedules its work.
 *
 * @returns its ARN
 * @throws LimitExceededException, ResourceAlreadyExistsException, and InvalidInputException for wrong tags
 */
export function createJob(
    call: Call,
    kind: JobKind,
    { jobName, tags }: { readonly jobName: string; readonly tags?: Tag[] },
    parent: Resource<object>,
    properties: object,
): string {
    const checked = checkedTags(tags);
    checkQuotaUnderWay(call, kind, "jobs-in-progress");
    const tail = `${kind}/${jobName}`;
    const created = create(call, { kind, tail, name: jobName, parent: parent.arn, properties }, checked);
    call.schedule(created);
    return created.arn;
}

/** Returns one page of the jobs of a resource kind; only those of `parent` if it is defined. */
export function pageOfJobs(call: Call, kind: JobKind, input: PageInput, parent: string | undefined) {
    return pageOf(call.store.list(kind, call.region, parent), input, `${kind} ${parent}`);
}
