//! The connection to a runtime: requests, images, and leftovers of crashed runs.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use k8s_cri::v1::image_service_client::ImageServiceClient;
use k8s_cri::v1::runtime_service_client::RuntimeServiceClient;
use k8s_cri::v1::{
    CgroupDriver, ImageSpec, ImageStatusRequest, ListImagesRequest, ListPodSandboxRequest, PodSandboxFilter,
    RemoveImageRequest, RemovePodSandboxRequest, RuntimeConfigRequest, StatusRequest, StopPodSandboxRequest,
    VersionRequest,
};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status};

use super::Pod;
use crate::engine::{Argv, EngineError, Run, session};
use crate::process::Bounds;

/// The environment variable in which `crictl` finds the socket.
const ENDPOINT: &str = "CONTAINER_RUNTIME_ENDPOINT";

/// Where the sockets usually are.
const SOCKETS: [&str; 3] =
    ["/run/crio/crio.sock", "/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock"];

/// The time limit of requests that should be instantaneous.
pub(super) const SHORT: Duration = Duration::from_secs(30);

/// The time limit of a request that may pull the runtime's own pause image.
pub(super) const LONG: Duration = Duration::from_secs(120);

/// A runtime that responds.
pub(in crate::engine) struct Connection {
    socket: String,
    channel: Channel,
    /// `containerd 1.6.20`, as it reports.
    version: String,
    tasks: tokio::runtime::Runtime,
    images: Mutex<Images>,
}

/// What this connection knows of images, by their names.
#[derive(Default)]
struct Images {
    /// Imported, as far as is known.
    imported: BTreeSet<String>,
    /// Were not there before, and are removed at the end.
    added: BTreeSet<String>,
}

impl Connection {
    /// Connects to the socket named by `CONTAINER_RUNTIME_ENDPOINT`, or to the first one that exists.
    ///
    /// # Errors
    /// When there is none, or nothing responds there.
    pub(in crate::engine) fn open() -> Result<Self, EngineError> {
        let socket = match std::env::var(ENDPOINT) {
            Ok(endpoint) if !endpoint.is_empty() => endpoint.trim_start_matches("unix://").to_owned(),
            _ => SOCKETS.into_iter().find(|path| Path::new(path).exists()).ok_or_else(no_socket)?.to_owned(),
        };
        let failed = |said: String| EngineError::Other { what: format!("cannot connect to `{socket}`"), said };
        let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_io().enable_time().build();
        let tasks = tasks.map_err(|error| failed(error.to_string()))?;
        let endpoint = Endpoint::from_shared(format!("unix://{socket}")).map_err(|error| failed(error.to_string()))?;
        let channel = {
            // The connection is made by the first request.
            let _inside = tasks.enter();
            endpoint.connect_lazy()
        };
        let mut connection =
            Self { socket, channel, version: String::new(), tasks, images: Mutex::default() };
        let version = connection.runtime(SHORT, "checking its version", |mut client| async move {
            client.version(VersionRequest { version: String::new() }).await
        })?;
        connection.version = format!("{} {}", version.runtime_name, version.runtime_version);
        Ok(connection)
    }

    pub(in crate::engine) fn version(&self) -> &str {
        &self.version
    }

    fn is_containerd(&self) -> bool {
        self.version.starts_with("containerd")
    }

    /// Sends a request to the runtime service.
    pub(super) fn runtime<T, F>(
        &self,
        time: Duration,
        what: &str,
        request: impl FnOnce(RuntimeServiceClient<Channel>) -> F,
    ) -> Result<T, EngineError>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        self.wait(time, what, request(RuntimeServiceClient::new(self.channel.clone())))
    }

    /// Sends a request to the image service.
    fn image_service<T, F>(
        &self,
        what: &str,
        request: impl FnOnce(ImageServiceClient<Channel>) -> F,
    ) -> Result<T, EngineError>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        self.wait(SHORT, what, request(ImageServiceClient::new(self.channel.clone())))
    }

    fn wait<T>(
        &self,
        time: Duration,
        what: &str,
        request: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, EngineError> {
        match self.tasks.block_on(async { tokio::time::timeout(time, request).await }) {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(self.complaint(&status, what)),
            Err(_) => Err(EngineError::TimedOut { what: format!("the runtime ({what})"), seconds: time.as_secs() }),
        }
    }

    /// Sends a request whose answer nobody waits for.
    pub(super) fn send<F>(&self, request: impl FnOnce(RuntimeServiceClient<Channel>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(request(RuntimeServiceClient::new(self.channel.clone())));
    }

    fn complaint(&self, status: &Status, what: &str) -> EngineError {
        let socket = &self.socket;
        match status.code() {
            Code::Unimplemented => EngineError::Unavailable {
                what: format!("the runtime at `{socket}` does not serve Kubernetes (runtime.v1)"),
                help: "remove `cri` from `disabled_plugins` in containerd's configuration, or update the runtime"
                    .to_owned(),
            },
            Code::Unavailable => EngineError::Unavailable {
                what: format!("the runtime at `{socket}` does not respond"),
                help: format!("start its service, or set {ENDPOINT} to another socket"),
            },
            _ => EngineError::of_words("the runtime", status.message()).unwrap_or_else(|| EngineError::Other {
                what: format!("the runtime at `{socket}` failed while {what}"),
                said: status.message().to_owned(),
            }),
        }
    }

    /// Whether pods get a network of their own. Otherwise the reason.
    pub(super) fn network(&self) -> Result<Result<(), String>, EngineError> {
        let status = self.runtime(SHORT, "checking its network", |mut client| async move {
            client.status(StatusRequest { verbose: false }).await
        })?;
        let conditions = status.status.map(|status| status.conditions).unwrap_or_default();
        let network = conditions.into_iter().find(|condition| condition.r#type == "NetworkReady");
        Ok(match network {
            Some(condition) if !condition.status => Err(condition.message),
            _ => Ok(()),
        })
    }

    /// Whether it accepts any cgroup as the parent of a pod's; with systemd it has to be a slice.
    pub(in crate::engine) fn takes_cgroups(&self) -> bool {
        let config = self.runtime(SHORT, "reading its configuration", |mut client| async move {
            client.runtime_config(RuntimeConfigRequest {}).await
        });
        if let Ok(config) = config {
            return config.linux.is_some_and(|linux| linux.cgroup_driver() == CgroupDriver::Cgroupfs);
        }
        // Before Kubernetes 1.28: only containerd shows its configuration.
        let status = self.runtime(SHORT, "reading its configuration", |mut client| async move {
            client.status(StatusRequest { verbose: true }).await
        });
        let config = status.ok().and_then(|status| status.info.get("config").cloned()).unwrap_or_default();
        let config = config.to_lowercase().replace(' ', "");
        self.is_containerd() && !config.contains("\"systemdcgroup\":true")
    }

    /// The command that imports the image of a run, if it has to be imported.
    ///
    /// # Errors
    /// When the runtime does not respond.
    pub(in crate::engine) fn import(&self, run: &Run) -> Result<Option<Argv>, EngineError> {
        let Some(archive) = run.unpacked.as_ref().map(|path| path.display().to_string()) else {
            return Ok(None);
        };
        let is_known = self.image_id(&run.image)?.is_some();
        let mut images = self.known();
        if !images.imported.insert(run.image.clone()) {
            return Ok(None);
        }
        if !is_known {
            images.added.insert(run.image.clone());
        }
        Ok(Some(match self.is_containerd() {
            // The namespace of everything that Kubernetes sees.
            true => Argv::new("ctr")
                .opt("--address", &self.socket)
                .opt("--namespace", "k8s.io")
                .args(["images", "import"])
                .arg(archive),
            false => Argv::new("skopeo")
                .args(["copy", "--quiet"])
                .arg(format!("docker-archive:{archive}:{}", run.image))
                .arg(format!("containers-storage:{}", run.image)),
        }))
    }

    /// Imports an image again for the next run.
    pub(in crate::engine) fn forget(&self, image: &str) {
        self.known().imported.remove(image);
    }

    fn known(&self) -> MutexGuard<'_, Images> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The identifier of an image that is present.
    fn image_id(&self, name: &str) -> Result<Option<String>, EngineError> {
        let image = Some(spec(name));
        let status = self.image_service("looking for an image", |mut client| async move {
            client.image_status(ImageStatusRequest { image, verbose: false }).await
        })?;
        Ok(status.image.map(|image| image.id))
    }

    /// The same for one that was imported a moment ago: containerd notices it a little later.
    pub(super) fn imported_image(&self, name: &str) -> Result<String, EngineError> {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            match self.image_id(name)? {
                Some(id) => return Ok(id),
                None if Instant::now() > until => {
                    return Err(EngineError::ImageMissing { image: name.to_owned(), said: String::new() });
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn remove_image(&self, name: &str) {
        let image = Some(spec(name));
        let _ = self.image_service("removing an image", |mut client| async move {
            client.remove_image(RemoveImageRequest { image }).await
        });
    }

    /// Stops and removes a pod, with its containers.
    pub(super) fn remove_pod(&self, id: &str) {
        let (stop, remove) = (id.to_owned(), id.to_owned());
        let _ = self.runtime(SHORT, "stopping a pod", |mut client| async move {
            client.stop_pod_sandbox(StopPodSandboxRequest { pod_sandbox_id: stop }).await
        });
        let _ = self.runtime(SHORT, "removing a pod", |mut client| async move {
            client.remove_pod_sandbox(RemovePodSandboxRequest { pod_sandbox_id: remove }).await
        });
    }

    /// Removes those of our pods that are meant, by their names.
    pub(super) fn remove_pods(&self, is_meant: &dyn Fn(&str) -> bool) {
        let label_selector: HashMap<String, String> = config_labels(&[session::label()]);
        let filter = PodSandboxFilter { label_selector, ..PodSandboxFilter::default() };
        let pods = self.runtime(SHORT, "listing its pods", |mut client| async move {
            client.list_pod_sandbox(ListPodSandboxRequest { filter: Some(filter) }).await
        });
        for pod in pods.map(|pods| pods.items).unwrap_or_default() {
            if pod.metadata.is_some_and(|metadata| is_meant(&metadata.name)) {
                self.remove_pod(&pod.id);
            }
        }
    }

    /// Removes what crashed runs left.
    pub(in crate::engine) fn sweep(&self) {
        self.remove_pods(&session::is_left);
        let images = self.image_service("listing its images", |mut client| async move {
            client.list_images(ListImagesRequest { filter: None }).await
        });
        let names = images.map(|images| images.images).unwrap_or_default().into_iter();
        for name in names.flat_map(|image| image.repo_tags).filter(|name| session::is_left(name)) {
            self.remove_image(&name);
        }
    }

    /// Starts the container of a run, whose image has been imported.
    ///
    /// # Errors
    /// When the runtime cannot do that.
    pub(in crate::engine) fn start(self: &Arc<Self>, run: &Run, bounds: Bounds) -> Result<Pod, EngineError> {
        Pod::start(Arc::clone(self), run, bounds)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let added = std::mem::take(&mut self.known().added);
        for name in added {
            self.remove_image(&name);
        }
    }
}

/// `name=value` as a map.
pub(super) fn config_labels(labels: &[String]) -> HashMap<String, String> {
    let pairs = labels.iter().filter_map(|label| label.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn spec(image: &str) -> ImageSpec {
    ImageSpec { image: image.to_owned(), ..ImageSpec::default() }
}

fn no_socket() -> EngineError {
    EngineError::Unavailable {
        what: "neither CRI-O nor containerd has a socket here".to_owned(),
        help: format!("start its service, or set {ENDPOINT} to its socket, such as unix://{}", SOCKETS[0]),
    }
}
