import type { Decision } from "policy-evaluator";

/**
 * A value from AWS, or the reason why it could not be read (`unread`) with the missing permission, if any (`needs`).
 */
export type Fetched<T> = { readonly is: T } | { readonly unread: string; readonly needs?: string };

/** The fetched value; undefined if it could not be read. */
export const fetchedValue = <T>(fetched: Fetched<T>): T | undefined => ("is" in fetched ? fetched.is : undefined);

/** Separates the values that were read from the reasons why others could not be read. */
export const separate = <T>(all: readonly Fetched<T>[]) => ({
    read: all.flatMap((each) => ("is" in each ? [each.is] : [])),
    unread: all.flatMap((each) => ("unread" in each ? [each.unread] : [])),
});

export interface PolicyText {
    readonly name: string;
    /** The policy's text; empty for an attached policy without a document. */
    readonly text: string;
    /** ARN of a managed policy; absent for an inline policy. */
    readonly arn?: string;
    /** ISO time at which a managed policy was last changed. IAM keeps no such time of an inline policy. */
    readonly changed?: string;
}

export interface RoleFacts {
    /** The role's own ARN. The ARN in the job may lack the path. */
    readonly arn: string;
    /** The role's unique ID, such as `AROA…`. The ID changes if the role is deleted and created again. */
    readonly id: string;
    /** ISO time at which the role was created. */
    readonly created?: string;
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
    /** The policies with the statements that decided. */
    readonly matched: readonly string[];
    readonly missing: readonly string[];
    /** Whether the permissions boundary allows the action; absent without a boundary. */
    readonly byBoundary?: boolean;
    /** Whether the organization's policies allow the action; absent without an organization. */
    readonly byOrganization?: boolean;
}

export interface PublicAccessBlock {
    readonly blockPublicPolicy: boolean;
    readonly restrictPublicBuckets: boolean;
}

export interface BucketFacts {
    /** The bucket's region; undefined if the bucket does not exist. */
    readonly region: string | undefined;
    /** Canonical id of the bucket's owner, if it could be read. */
    readonly account?: string;
    /** If this bucket does not exist: the account's buckets of similar names that have the import's key. */
    readonly others?: readonly string[];
}

export interface ObjectFacts {
    readonly key: string;
    readonly size: number;
    /** ISO time at which the object was written. */
    readonly written?: string;
    /** ARN or id of the KMS key that encrypts the object. */
    readonly kmsKey?: string;
    /** Whether S3 uses a bucket key. If so, the encryption context is the bucket's ARN instead of the object's. */
    readonly bucketKey?: boolean;
    /** The object's tags; absent if they could not be read. */
    readonly tags?: Readonly<Record<string, string>>;
    /** The archive storage class from which the object must be restored before a read. */
    readonly archived?: { readonly storageClass: string; readonly isRestoring: boolean };
    /** The object's first bytes; absent if they could not be read. */
    readonly start?: Uint8Array;
}

/** A location that the user may have meant, and the fault that it would explain. */
export interface Proposal {
    readonly location: string;
    readonly fault: "folder-without-slash" | "folder-nested" | "object-wrong-key";
}

export interface KeyListed {
    readonly key: string;
    readonly size: number;
    /** Whether the object's latest version is a delete marker. */
    readonly isDeleted?: boolean;
    /** Canonical id of the object's owner, if different from the bucket's owner. */
    readonly owner?: string;
}

export interface KeyFacts {
    readonly arn: string;
    /**
     * State of the KMS key: `Enabled`, `Disabled`, `PendingDeletion`, another state of KMS, or `gone` if the key does
     * not exist.
     */
    readonly state: string;
    readonly manager: "AWS" | "CUSTOMER";
    readonly policy: string;
}

interface JobFacts {
    readonly arn: string;
    readonly status: string;
    readonly failureReason: string | undefined;
    /** ISO time at which the job reached its status. */
    readonly ended?: string;
}

interface DatasetSchema {
    readonly datasetType: string;
    /** As JSON. */
    readonly text: string;
    readonly arn?: string;
}

/** The import to diagnose. */
export interface Target {
    /** ARN of the caller, who would pass the role to Personalize. */
    readonly caller: string;
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
    readonly roleArn: string;
    /** Resources that the caller's own program declares: ARN → the command that restores the declared state. */
    readonly owned: Readonly<Record<string, string>>;
    readonly bucket: string;
    /** The import's key or folder; undefined if only a bucket is known. Then no object is read. */
    readonly key: string | undefined;
    /** The job's ARN, or the ARN that the job would have. */
    readonly sourceArn: string;
    readonly job: Fetched<JobFacts | undefined>;
    /** Name of the stack that will start this import, if its state contains no import job yet. */
    readonly planned?: string;
    /** The dataset's schema, as JSON, and its type; undefined if the dataset is unknown. */
    readonly schema: Fetched<DatasetSchema | undefined>;
}

/** Everything on which the access of one import depends, read once. All documents are texts, as AWS returns them. */
export interface Snapshot extends Target {
    /** ISO time of the reads. Conditions on dates are evaluated as of this time. */
    readonly now: string;
    readonly passRole: Fetched<readonly Simulated[]>;
    readonly role: Fetched<RoleFacts | undefined>;
    readonly simulated: Fetched<readonly Simulated[]>;
    readonly bucketFacts: Fetched<BucketFacts>;
    /** The bucket policy; undefined if the bucket has none. */
    readonly bucketPolicy: Fetched<string | undefined>;
    readonly accessBlock: Fetched<PublicAccessBlock | undefined>;
    readonly ownership: Fetched<string | undefined>;
    /** At most 1,000 keys below the import's key, or of the whole bucket if there are none. */
    readonly keys: Fetched<readonly KeyListed[]>;
    /** The objects that the import reads: one, or the first level of the folder. */
    readonly objects: readonly Fetched<ObjectFacts>[];
    /** If there is no such object: the locations that may have been meant, with their objects. */
    readonly candidates: readonly (Proposal & { readonly objects: readonly Fetched<ObjectFacts>[] })[];
    readonly kmsKeys: Readonly<Record<string, Fetched<KeyFacts>>>;
    /** The error message of AWS about this import, if the user pasted one. */
    readonly reported?: string;
}

/** Checks whether the bucket does not exist, so that nothing in it can be judged. */
export const isBucketGone = ({ bucketFacts }: Snapshot): boolean =>
    "is" in bucketFacts && bucketFacts.is.region === undefined;

/** Checks whether Personalize accepted the job, which proves that the caller may pass the role. */
export const hasJob = ({ job }: Pick<Snapshot, "job">): boolean => "is" in job && job.is !== undefined;
