import type { Decision } from "policy-evaluator";

/** Something that was read, or why it could not be: then the diagnosis says so, and goes on. */
export type Fetched<T> = { readonly is: T } | { readonly unread: string };

export const known = <T>(fetched: Fetched<T>): T | undefined => ("is" in fetched ? fetched.is : undefined);

export interface PolicyText {
    readonly name: string;
    readonly text: string;
    /** ARN of a managed policy; absent for an inline one. */
    readonly arn?: string;
}

export interface RoleFacts {
    readonly arn: string;
    /** `AROA…`: another one after the role was deleted and made again. */
    readonly id: string;
    readonly trust: string;
    readonly boundary: PolicyText | undefined;
    readonly policies: readonly PolicyText[];
}

/** What `iam:SimulatePrincipalPolicy` said of one action on one resource. */
export interface Simulated {
    readonly action: string;
    readonly resource: string;
    readonly decision: Decision;
    /** The policies whose statements made the decision. */
    readonly matched: readonly string[];
    readonly missing: readonly string[];
    /** Absent without a boundary. */
    readonly byBoundary?: boolean;
    /** Absent without an organisation. */
    readonly byOrganisation?: boolean;
}

export interface PublicAccessBlock {
    readonly blockPublicPolicy: boolean;
    readonly restrictPublicBuckets: boolean;
}

export interface BucketFacts {
    /** Undefined where there is no such bucket. */
    readonly region: string | undefined;
}

export interface ObjectFacts {
    readonly key: string;
    readonly size: number;
    /** ARN or id of the key of KMS that it is encrypted by. */
    readonly kmsKey?: string;
    /** Its first kilobytes, as text. */
    readonly start: string;
    /** Line ends, where the whole object was read. */
    readonly lines?: number;
}

export interface KeyFacts {
    readonly arn: string;
    /** `Enabled`, `Disabled`, `PendingDeletion`, … or `gone`. */
    readonly state: string;
    readonly manager: "AWS" | "CUSTOMER";
    readonly policy: string;
}

export interface JobFacts {
    readonly arn: string;
    readonly status: string;
    readonly failureReason: string | undefined;
}

/** Everything that bears on one import, read once. All documents are texts, as AWS has them. */
export interface Snapshot {
    /** Who asks: the identity that would pass the role. */
    readonly caller: string;
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
    readonly roleArn: string;
    readonly bucket: string;
    /** Undefined where only a bucket was named: then its objects are not looked at. */
    readonly key: string | undefined;
    /** The job's ARN, or that of a job as it would be called. */
    readonly sourceArn: string;
    readonly passRole: Fetched<readonly Simulated[]>;
    readonly role: Fetched<RoleFacts | undefined>;
    readonly simulated: Fetched<readonly Simulated[]>;
    readonly bucketFacts: Fetched<BucketFacts>;
    /** Undefined where the bucket has none. */
    readonly bucketPolicy: Fetched<string | undefined>;
    readonly accessBlock: Fetched<PublicAccessBlock | undefined>;
    readonly ownership: Fetched<string | undefined>;
    /** Keys of the bucket, of those with the key's beginning first; 1,000 at most. */
    readonly keys: Fetched<readonly { readonly key: string; readonly size: number }[]>;
    /** The objects that the import reads: one, or the first level of the folder. */
    readonly objects: readonly Fetched<ObjectFacts>[];
    readonly kmsKeys: Readonly<Record<string, Fetched<KeyFacts>>>;
    readonly job: Fetched<JobFacts | undefined>;
    /** The dataset's schema, as JSON, and its type; undefined where no dataset is known. */
    readonly schema: Fetched<{ readonly datasetType: string; readonly text: string } | undefined>;
}

/** Whether it is known that there is no such bucket: then nothing of it can be judged. */
export const isBucketGone = ({ bucketFacts }: Snapshot): boolean =>
    "is" in bucketFacts && bucketFacts.is.region === undefined;
