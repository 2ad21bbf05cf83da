// Which account a person comes to the screen for, to sign in again: its form is then ready.
export const wanted = $state<{ account: number | null }>({ account: null });
