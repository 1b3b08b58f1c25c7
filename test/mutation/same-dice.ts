import fc from 'fast-check';

// A mutant that is found today is found tomorrow.
fc.configureGlobal({ seed: 44 });
