/**
 * Shares of the monthly limit that requests may cost in one hour. Above the first share, the guard closes the API and
 * the page. Above the second, it sends a notification.
 */
export const closingShare = 0.05;
export const notificationShare = 0.02;
/**
 * Share of the monthly limit. If the month's cost reaches the limit and requests caused at least this share of the
 * limit, the guard closes the API, because requests are then the reason.
 */
export const requestsShare = 0.5;
