/**
 * Shares of the monthly limit that requests may cost in one hour. Above the first share, the guard closes the API and
 * the page. Above the second, it sends a notification.
 */
export const closingShare = 0.05;
export const notificationShare = 0.02;
/**
 * Share of the monthly limit. If requests cost more than this share, requests and not the campaigns count as the reason
 * that the limit is used up.
 */
export const requestsShare = 0.5;
