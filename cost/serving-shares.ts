/** Share of the monthly limit in one hour that closes API and page, and that causes a notification before. */
export const closingShare = 0.05;
export const notificationShare = 0.02;
/** Share of the limit above which requests, and not the campaigns, spent it. */
export const requestsShare = 0.5;
