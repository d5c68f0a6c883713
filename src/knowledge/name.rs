//! One name for an image that has several.

/// Places that carry Docker's official images under their own names; the namespaces of single architectures too.
const MIRRORS: &[&str] = &[
    "amd64/",
    "arm32v5/",
    "arm32v6/",
    "arm32v7/",
    "arm64v8/",
    "docker.io/library/",
    "i386/",
    "index.docker.io/library/",
    "library/",
    "mcr.microsoft.com/mirror/docker/library/",
    "mirror.gcr.io/library/",
    "mirror.gcr.io/",
    "ppc64le/",
    "public.ecr.aws/docker/library/",
    "registry-1.docker.io/library/",
    "registry.hub.docker.com/library/",
    "riscv64/",
    "s390x/",
    "docker.io/",
    "index.docker.io/",
];

/// Other names of images in the tables. Sorted.
const SYNONYMS: &[(&str, &str)] = &[
    ("almalinux/8-base", "almalinux"),
    ("almalinux/9-base", "almalinux"),
    ("container-registry.oracle.com/os/oraclelinux", "oraclelinux"),
    ("docker.elastic.co/elasticsearch/elasticsearch", "elasticsearch"),
    ("docker.elastic.co/kibana/kibana", "kibana"),
    ("docker.elastic.co/logstash/logstash", "logstash"),
    ("ghcr.io/oracle/oraclelinux", "oraclelinux"),
    ("public.ecr.aws/amazoncorretto/amazoncorretto", "amazoncorretto"),
    ("public.ecr.aws/amazonlinux/amazonlinux", "amazonlinux"),
    ("public.ecr.aws/debian/debian", "debian"),
    ("public.ecr.aws/nginx/nginx", "nginx"),
    ("public.ecr.aws/ubuntu/ubuntu", "ubuntu"),
    ("quay.io/almalinuxorg/almalinux", "almalinux"),
    ("quay.io/fedora/fedora", "fedora"),
    ("quay.io/rockylinux/rockylinux", "rockylinux"),
    ("redhat/ubi10", "ubi10"),
    ("redhat/ubi10-micro", "ubi10-micro"),
    ("redhat/ubi10-minimal", "ubi10-minimal"),
    ("redhat/ubi8", "ubi8"),
    ("redhat/ubi8-micro", "ubi8-micro"),
    ("redhat/ubi8-minimal", "ubi8-minimal"),
    ("redhat/ubi9", "ubi9"),
    ("redhat/ubi9-micro", "ubi9-micro"),
    ("redhat/ubi9-minimal", "ubi9-minimal"),
    ("registry.fedoraproject.org/fedora", "fedora"),
    ("registry.opensuse.org/opensuse/leap", "opensuse/leap"),
    ("registry.opensuse.org/opensuse/tumbleweed", "opensuse/tumbleweed"),
    ("rockylinux/rockylinux", "rockylinux"),
    ("ubi10/ubi", "ubi10"),
    ("ubi10/ubi-micro", "ubi10-micro"),
    ("ubi10/ubi-minimal", "ubi10-minimal"),
    ("ubi7/ubi", "ubi7"),
    ("ubi7/ubi-minimal", "ubi7-minimal"),
    ("ubi8/ubi", "ubi8"),
    ("ubi8/ubi-micro", "ubi8-micro"),
    ("ubi8/ubi-minimal", "ubi8-minimal"),
    ("ubi9/ubi", "ubi9"),
    ("ubi9/ubi-micro", "ubi9-micro"),
    ("ubi9/ubi-minimal", "ubi9-minimal"),
];

/// The name that the tables know an image by: `python` for `public.ecr.aws/docker/library/python` and
/// `amd64/python`, `ubi9-minimal` for `registry.access.redhat.com/ubi9/ubi-minimal`. Other names stay as they are.
pub fn canonical(image: &str) -> &str {
    // Most are official ones.
    if !image.contains('/') {
        return image;
    }
    let mut name = image;
    for red_hat in ["registry.access.redhat.com/", "registry.redhat.io/"] {
        name = name.strip_prefix(red_hat).unwrap_or(name);
    }
    if let Some(rest) = MIRRORS.iter().find_map(|mirror| name.strip_prefix(mirror))
        && !rest.is_empty()
    {
        name = rest;
    }
    match SYNONYMS.binary_search_by(|row| row.0.cmp(name)) {
        Ok(at) => SYNONYMS[at].1,
        Err(_) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one() {
        for (image, expected) in [
            ("python", "python"),
            ("library/python", "python"),
            ("docker.io/library/python", "python"),
            ("public.ecr.aws/docker/library/python", "python"),
            ("arm64v8/python", "python"),
            ("docker.io/bitnami/redis", "bitnami/redis"),
            ("bitnami/redis", "bitnami/redis"),
            ("registry.access.redhat.com/ubi9/ubi-minimal", "ubi9-minimal"),
            ("registry.access.redhat.com/ubi9-minimal", "ubi9-minimal"),
            ("redhat/ubi9", "ubi9"),
            ("public.ecr.aws/amazonlinux/amazonlinux", "amazonlinux"),
            ("library/", "library/"),
            ("", ""),
        ] {
            assert_eq!(canonical(image), expected, "{image}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(SYNONYMS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
