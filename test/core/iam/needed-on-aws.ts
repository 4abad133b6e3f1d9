const provider = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service";
const reference = "https://docs.aws.amazon.com";

/**
 * Actions that AWS requires but the emulated AWS of `npm run local` does not, by the page that documents them. Pulumi's
 * AWS plugin is based on the Terraform provider and reads every setting of a resource. Its S3 Control calls for tags are
 * left out: if they are denied, the plugin uses the bucket's own tagging calls (pull request 45251 of the provider).
 */
const byPage = {
    [`${provider}/s3/bucket.go`]: `s3:
        GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration
        GetBucketRequestPayment GetBucketWebsite GetReplicationConfiguration`,
    [`${provider}/s3/object.go`]: "s3: GetObjectTagging",
    [`${reference}/AmazonS3/latest/userguide/UsingKMSEncryption.html`]: "kms: Decrypt GenerateDataKey",
    // For a bucket with a customer managed key, preview and `diagnose-access` describe the key, and `diagnose-access`
    // reads its policy.
    [`${reference}/kms/latest/APIReference/API_DescribeKey.html`]: "kms: DescribeKey",
    [`${reference}/kms/latest/APIReference/API_GetKeyPolicy.html`]: "kms: GetKeyPolicy",
    [`${provider}/iam/role.go`]: "iam: ListInstanceProfilesForRole",
    [`${provider}/lambda/function.go`]: "lambda: GetFunctionCodeSigningConfig ListVersionsByFunction",
    [`${provider}/dynamodb/table.go`]: "dynamodb: DescribeContinuousBackups",
    [`${reference}/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html`]:
        "servicequotas: ListServiceQuotas",
    [`${reference}/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html`]: "pricing: GetProducts",
};

/** The actions of the table with their service's prefix, each with its page. */
export const neededOnAws = Object.entries(byPage).flatMap(([page, actions]) => {
    const [service, ...names] = actions.split(/:?\s+/);
    return names.map((name) => ({ action: `${service}:${name}`, page }));
});
