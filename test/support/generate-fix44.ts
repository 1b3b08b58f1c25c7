import { writeFileSync } from 'node:fs';
import { FIX44_ARTEFACT, renderFix44 } from './fix44-artefact.ts';

writeFileSync(FIX44_ARTEFACT, renderFix44());
