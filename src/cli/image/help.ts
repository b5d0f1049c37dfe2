export const IMAGE_HELP = `
Most of these commands go by docker's top-level names as well: images, rmi,
pull, push, load, save, import and tag. What "docker save", "podman save",
skopeo and buildah write can be loaded, and what is saved here can be loaded
there.

Examples:
  hotcell image pull debian:12-slim
  hotcell run --image debian:12-slim -- cat /etc/os-release
  docker save my-tool | hotcell image load
`;

export const LS_HELP = `
Keys of --filter: reference (a name, or a pattern such as 'alpine:3.*'), label
(NAME or NAME=VALUE), label! (without it), dangling (true, false), before and
since (an image), until (a time). One of several values of a key has to fit,
and something of every key.

--format takes json, table, "table TEMPLATE" or a template with the fields .ID
.Repository .Tag .Digest .CreatedSince .CreatedAt .Size .Labels, and .Label
"KEY".

Examples:
  hotcell image ls 'debian:*'
  hotcell image ls --filter label=team --format '{{.Repository}}:{{.Tag}}'
  hotcell image ls --no-trunc -q
`;

export const IMAGE_INSPECT_HELP = `
IMAGE is a name, an id, or the beginning of one. The JSON has docker's shape;
--format takes json or a template.

Exits with 1 when one of the images is not there; the others are shown.

Examples:
  hotcell image inspect debian:12
  hotcell image inspect --format '{{json .Config.Cmd}} {{.Config.User}}' my-tool
  hotcell image inspect --format '{{index .Config.Labels "version"}}' my-tool
`;

export const IMAGE_HISTORY_HELP = `
--format takes json, table, "table TEMPLATE" or a template with the fields .ID
.CreatedSince .CreatedAt .CreatedBy .Size .Comment.

Examples:
  hotcell image history debian:12
  hotcell image history --no-trunc --format '{{.Size}} {{.CreatedBy}}' my-tool
`;

export const LOAD_HELP = `
The archive may be what docker save, podman save, skopeo, umoci or buildah
wrote, compressed or not: a docker-archive or an OCI layout. For the tar file
of a root file system see "hotcell image import".

Examples:
  docker save my-tool | hotcell image load
  hotcell image load -i my-tool.tar.gz
`;

export const SAVE_HELP = `
The archive is an OCI layout which docker load takes as well.

Examples:
  hotcell image save -o tools.tar debian:12 my-tool
  hotcell image save my-tool | ssh other hotcell image load
`;

export const IMPORT_HELP = `
FILE is the tar file of a root file system, compressed or not; "-" is standard
input. REF is the name that the image gets. --change takes CMD, ENTRYPOINT,
ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR as a Dockerfile has
them.

Examples:
  docker export some-container | hotcell image import - snapshot:latest
  hotcell image import -c 'CMD ["bash"]' -c 'ENV LANG=C.UTF-8' root.tar.xz mine
  tar -C rootfs --numeric-owner -c . | hotcell image import - mine
`;

export const TAG_HELP = `

Examples:
  hotcell image tag my-tool localhost:5000/my-tool:1.2
`;

export const IMAGE_RM_HELP = `
A name is taken from its image, and an image without a name left is removed.
An image with several names is removed by its id only with --force; one that a
run uses never is.

Exits with 1 when one of the images is not there or could not be removed.

Examples:
  hotcell image rm debian:12
  hotcell image rm $(hotcell image ls -q --filter dangling=true)
`;

export const PULL_HELP = `
Without a registry in the name it is docker.io, without a tag it is latest.
Credentials are those of docker's configuration file. What is there already is
not fetched again.

Examples:
  hotcell image pull debian:12-slim
  hotcell image pull ghcr.io/owner/tool@sha256:…
  hotcell image pull --platform linux/arm64 alpine
`;

export const PUSH_HELP = `
The name says where to: localhost:5000/my-tool:1.2. See "hotcell image tag" to
give an image another.

Examples:
  hotcell image tag my-tool localhost:5000/my-tool
  hotcell image push localhost:5000/my-tool
`;

export const PRUNE_HELP = `
Without --all only images without a name are removed; what a run uses is kept
in any case. Asks first, unless --force is given.

Keys of --filter: until (only what was made before: 24h, or a date), label,
label! (NAME or NAME=VALUE).

Examples:
  hotcell image prune
  hotcell image prune -af --filter until=168h
`;
