/** Who somebody is to a registry. */
export type Credentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, only good for token servers. */
  | { readonly kind: 'identity'; readonly token: string };

export const ANONYMOUS: Credentials = { kind: 'anonymous' };
