//! The program of a browser: finding it, what it is started with, and its end.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use peerstate_model::words;
use tempfile::TempDir;

use super::BrowserError;

/// How long the processes of a browser may take to end once it was killed.
const LONGEST_END: Duration = Duration::from_secs(5);

words! {
    /// Whose command line and preferences a browser has; the word is the name of the implementation.
    pub enum Kind {
        /// Chromium, or Chrome.
        Chromium = "chromium",
        /// Firefox.
        Firefox = "firefox",
    }
}

impl Kind {
    /// The programs that it may be installed as, the likeliest first.
    const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome", "chrome"],
            Self::Firefox => &["firefox-esr", "firefox"],
        }
    }

    /// Its package in Debian.
    const fn package(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox-esr",
        }
    }
}

/// A program that is there.
pub(super) struct Program {
    kind: Kind,
    path: String,
    /// As it reports it.
    pub(super) version: String,
}

impl Program {
    /// The program that is given, or else the first that is installed.
    pub(super) fn find(kind: Kind, given: Option<&Path>) -> Result<Self, BrowserError> {
        let given = given.map(|path| path.to_string_lossy().into_owned());
        let paths = match given {
            Some(path) => vec![path],
            None => kind.programs().iter().copied().map(str::to_owned).collect(),
        };
        for path in &paths {
            let home = folder()?;
            let asked = command(path, &home).arg("--version").output();
            let output = match asked {
                Ok(output) => output,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    let program = path.clone();
                    return Err(BrowserError::NotStarted { program, error });
                }
            };
            let wrote = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            return match version_in(&wrote) {
                Some(version) => Ok(Self {
                    kind,
                    path: path.clone(),
                    version: version.to_owned(),
                }),
                None => Err(BrowserError::Version {
                    program: path.clone(),
                    found: wrote,
                }),
            };
        }
        Err(BrowserError::NotFound {
            kind,
            tried: paths.join(", "),
            package: kind.package(),
        })
    }
}

/// The version in a line such as `Mozilla Firefox 153.7.0esr`.
fn version_in(line: &str) -> Option<&str> {
    line.split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// A new folder, which is removed when it is dropped.
fn folder() -> Result<TempDir, BrowserError> {
    TempDir::with_prefix("peerstate-").map_err(|error| BrowserError::NotMade {
        what: "a folder for the profile",
        error,
    })
}

/// A program that writes nothing outside a folder, and shares nothing with the user's own browser.
fn command(path: &str, home: &TempDir) -> Command {
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    for variable in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, home.path());
    }
    command.env("MOZ_CRASHREPORTER_DISABLE", "1");
    command
}

/// A browser that runs, and is killed when this is dropped.
pub(super) struct Running {
    child: Child,
    /// Disconnected once every process of the browser has ended.
    ended: Receiver<()>,
    /// Its profile and whatever else it writes, removed after it.
    _home: TempDir,
}

impl Running {
    /// Starts a browser with a page; `ended` is called once it has ended.
    pub(super) fn start(
        program: &Program,
        address: &str,
        headful: bool,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Self, BrowserError> {
        let not_started = |error| BrowserError::NotStarted {
            program: program.path.clone(),
            error,
        };
        let home = folder()?;
        let mut command = command(&program.path, &home);
        match program.kind {
            Kind::Chromium => chromium(&mut command, &home, headful).map_err(not_started)?,
            Kind::Firefox => firefox(&mut command, &home, headful).map_err(not_started)?,
        }
        // Standard output belongs to the protocol. All processes of the browser hold its standard error.
        command
            .arg(address)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(not_started)?;
        let (alive, all_ended) = mpsc::channel();
        if let Some(mut stderr) = child.stderr.take() {
            thread::spawn(move || {
                let _ = io::copy(&mut stderr, &mut io::stderr());
                drop::<mpsc::Sender<()>>(alive);
                ended();
            });
        }
        Ok(Self {
            child,
            ended: all_ended,
            _home: home,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Those that it has started end once they notice.
        let _ = self.ended.recv_timeout(LONGEST_END);
    }
}

/// The arguments of Chromium.
fn chromium(command: &mut Command, home: &TempDir, headful: bool) -> io::Result<()> {
    if !headful {
        command.arg("--headless=new");
    }
    if is_root(home)? {
        // Its sandbox refuses to run as root.
        command.arg("--no-sandbox");
    }
    let profile = home.path().join("profile");
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.args([
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-breakpad",
        // It has no desktop to talk to, which is not an error here.
        "--log-level=3",
        "--mute-audio",
        "--password-store=basic",
        "--use-mock-keychain",
        // Candidates of this host, and by their addresses.
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        // A page that nobody looks at runs as any other.
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
        "--autoplay-policy=no-user-gesture-required",
    ]);
    Ok(())
}

/// The arguments and preferences of Firefox.
fn firefox(command: &mut Command, home: &TempDir, headful: bool) -> io::Result<()> {
    let profile = home.path().join("profile");
    fs::create_dir(&profile)?;
    let preferences = FIREFOX
        .iter()
        .map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"));
    fs::write(profile.join("user.js"), preferences.collect::<String>())?;
    if !headful {
        command.arg("--headless");
    }
    command
        .args(["--no-remote", "--new-instance", "--profile"])
        .arg(profile);
    Ok(())
}

/// Firefox's preferences, and their values as JavaScript.
const FIREFOX: &[(&str, &str)] = &[
    // Candidates of this host, and by their addresses.
    ("media.peerconnection.ice.loopback", "true"),
    ("media.peerconnection.ice.obfuscate_host_addresses", "false"),
    // A page that nobody looks at runs as any other.
    ("dom.min_background_timeout_value", "4"),
    ("dom.timeout.enable_budget_timer_throttling", "false"),
    ("media.autoplay.default", "0"),
    // It connects to nobody by itself, and opens no page of its own.
    ("app.normandy.enabled", "false"),
    ("app.update.disabledForTesting", "true"),
    ("browser.aboutwelcome.enabled", "false"),
    ("browser.safebrowsing.malware.enabled", "false"),
    ("browser.safebrowsing.phishing.enabled", "false"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("browser.startup.homepage_override.mstone", "\"ignore\""),
    ("browser.startup.page", "0"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("extensions.update.enabled", "false"),
    ("media.gmp-manager.updateEnabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("services.settings.server", "\"data:,\""),
    ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
];

/// Whether this process runs as root: who owns a folder that it has made.
#[cfg(unix)]
fn is_root(made: &TempDir) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(made.path().metadata()?.uid() == 0)
}

#[cfg(not(unix))]
fn is_root(_: &TempDir) -> io::Result<bool> {
    Ok(false)
}
