/** The provider gives no answer that can be used: it is down, slow, or describes itself as another. */
export class ProviderUnavailable extends Error {}
