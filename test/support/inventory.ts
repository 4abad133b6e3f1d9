import { localAccountId } from "../../packages/local-aws/instance.ts";
import { taggedByPulumi } from "../../runbooks/lib/audit/audit.ts";
import { kinds } from "../../runbooks/lib/audit/inventory/kinds.ts";
import { personalizeKinds } from "../../runbooks/lib/audit/inventory/personalize.ts";
import { createSettings, region, type TestAws } from "./local-aws.ts";

/** Kinds that `listEverything` lists. */
const named: readonly string[] = [...Object.keys(personalizeKinds), "S3 bucket", "IAM role", "SSM parameter"];

/** Lists resources of the account as `audit-leftovers` does, by kind and name: `log-group /aws/lambda/films`. */
async function listResources({ instance }: Pick<TestAws, "instance">, isMeant: (kind: string) => boolean) {
    const settings = { ...createSettings(instance), forcePathStyle: true };
    const place = {
        ...{ partition: "aws", region, accountId: localAccountId, project: "movie-recommender", settings },
        tagged: await taggedByPulumi(settings),
        interrupted: [],
    };
    const listed = Object.entries(kinds).map(async ([kind, { list }]) =>
        isMeant(kind) ? (await list(place)).map(({ name }) => `${kind.replaceAll(" ", "-")} ${name}`) : [],
    );
    return (await Promise.all(listed)).flat();
}

/** Lists data, roles, state flags and Personalize resources of the account, except jobs, which cannot be deleted. */
export async function listEverything(aws: Pick<TestAws, "instance" | "personalize">): Promise<string[]> {
    const { solutionVersions = [] } = await aws.personalize.listSolutionVersions({});
    const versions = solutionVersions.map(({ solutionVersionArn }) => `version ${solutionVersionArn}`);
    return [...(await listResources(aws, (kind) => named.includes(kind))), ...versions];
}

/** Lists the account's resources for serving, monitoring and notifications, except API keys without tags. */
export const listWatchers = (aws: Pick<TestAws, "instance">) => listResources(aws, (kind) => !named.includes(kind));

/** Lists the names of all import jobs in the account, sorted. These include the jobs of deleted stacks. */
export async function importJobNames({ personalize }: TestAws): Promise<string[]> {
    const { datasetImportJobs = [] } = await personalize.listDatasetImportJobs({});
    return datasetImportJobs.map(({ jobName }) => String(jobName)).sort();
}
