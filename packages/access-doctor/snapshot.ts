import type { Decision } from "policy-evaluator";

/** A value that was read, or the reason why it could not be, with the permission that was denied. */
export type Fetched<T> = { readonly is: T } | { readonly unread: string; readonly needs?: string };

/** The fetched value; undefined if it could not be read. */
export const known = <T>(fetched: Fetched<T>): T | undefined => ("is" in fetched ? fetched.is : undefined);

export interface PolicyText {
    readonly name: string;
    /** Empty for an attached policy without a document. */
    readonly text: string;
    /** ARN of a managed policy; absent for an inline one. */
    readonly arn?: string;
    /** Default version of a managed policy, and its number of versions. AWS keeps at most five. */
    readonly versionId?: string;
    readonly versions?: number;
    /** Names of all users and roles that have it as their boundary; absent if they could not be listed. */
    readonly bounds?: readonly string[];
}

export interface RoleFacts {
    /** Its own ARN; the job's may lack the path. */
    readonly arn: string;
    /** `AROA…`; it changes if the role is deleted and created again. */
    readonly id: string;
    readonly trust: string;
    readonly boundary: PolicyText | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly policies: readonly PolicyText[];
}

/** Result of `iam:SimulatePrincipalPolicy` for one action on one resource. */
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
    /** Undefined if the bucket does not exist. */
    readonly region: string | undefined;
    /** Its owner, if that could be told. */
    readonly account?: string;
    /** Names of the account's buckets, if this one does not exist and they can be listed. */
    readonly others?: readonly string[];
}

export interface ObjectFacts {
    readonly key: string;
    readonly size: number;
    /** ARN or id of the KMS key that encrypts it. */
    readonly kmsKey?: string;
    /** Whether S3 uses a bucket key: then KMS gets the bucket's ARN as the encryption context, not the object's. */
    readonly bucketKey?: boolean;
    /** Absent if they could not be read. */
    readonly tags?: Readonly<Record<string, string>>;
    /** The archive from which it must be restored before a read. */
    readonly archived?: { readonly storageClass: string; readonly isRestoring: boolean };
    /** Its first bytes; absent if they could not be read. */
    readonly start?: Uint8Array;
}

export interface KeyListed {
    readonly key: string;
    readonly size: number;
    /** Whether its latest version is a delete marker. */
    readonly isDeleted?: boolean;
    /** Canonical id of its owner, if that is not the bucket's owner. */
    readonly owner?: string;
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

export interface DatasetSchema {
    readonly datasetType: string;
    /** As JSON. */
    readonly text: string;
    readonly arn?: string;
}

/** Everything that one import depends on, read once. All documents are texts, as AWS returns them. */
export interface Snapshot {
    /** ISO time of the look, by which dates are judged. */
    readonly now: string;
    /** The caller, who would pass the role. */
    readonly caller: string;
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
    readonly roleArn: string;
    /** What the caller owns: ARN → the command that restores it as the caller declares it. */
    readonly owned: Readonly<Record<string, string>>;
    readonly bucket: string;
    /** Undefined if only a bucket was named: then its objects are not read. */
    readonly key: string | undefined;
    /** The job's ARN, or the ARN that the job would have. */
    readonly sourceArn: string;
    readonly passRole: Fetched<readonly Simulated[]>;
    /** The caller's own permissions for the commands of a fix; empty for an account's root user. */
    readonly mayWrite: Fetched<readonly Simulated[]>;
    readonly role: Fetched<RoleFacts | undefined>;
    readonly simulated: Fetched<readonly Simulated[]>;
    readonly bucketFacts: Fetched<BucketFacts>;
    /** Undefined if the bucket has no policy. */
    readonly bucketPolicy: Fetched<string | undefined>;
    readonly accessBlock: Fetched<PublicAccessBlock | undefined>;
    readonly ownership: Fetched<string | undefined>;
    /** Keys of the bucket, those with the key's prefix first; at most 1,000. */
    readonly keys: Fetched<readonly KeyListed[]>;
    /** The objects that the import reads: one, or the first level of the folder. */
    readonly objects: readonly Fetched<ObjectFacts>[];
    readonly kmsKeys: Readonly<Record<string, Fetched<KeyFacts>>>;
    readonly job: Fetched<JobFacts | undefined>;
    /** A message of AWS about this import, as a person pasted it. */
    readonly reported?: string;
    /** The stack that plans this import: no job of it is recorded. */
    readonly planned?: string;
    /** The dataset's schema, as JSON, and its type; undefined if the dataset is unknown. */
    readonly schema: Fetched<DatasetSchema | undefined>;
}

/** Whether the bucket is known to be missing: then nothing in it can be judged. */
export const isBucketGone = ({ bucketFacts }: Snapshot): boolean =>
    "is" in bucketFacts && bucketFacts.is.region === undefined;

/** Whether the service accepted the job: then the passing of its role was allowed. */
export const hasJob = ({ job }: Pick<Snapshot, "job">): boolean => "is" in job && job.is !== undefined;
