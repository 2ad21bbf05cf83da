// Svelte in plain TypeScript: Vite needs to be told nothing more.
export default {};
