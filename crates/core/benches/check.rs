//! What checking a request costs. The budget is 5 microseconds for a typical create body.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dockline::ApiVersion;
use dockline::versions::{behaviours, examine, review};

/// What a client sends for `run -d --name web -p 8080:80 -v data:/data -e ... --restart ... nginx`.
const CREATE: &str = r#"{"Hostname":null,"Domainname":null,"ExposedPorts":{"80/tcp":{}},"User":null,"Tty":false,"OpenStdin":false,
"StdinOnce":false,"AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Env":["PATH=/usr/local/sbin:/usr/local/bin","TZ=UTC","LOG=debug"],
"Cmd":["nginx","-g","daemon off;"],"Image":"nginx:1.27","Volumes":{"/data":{}},"NetworkDisabled":false,"Entrypoint":null,"WorkingDir":null,
"HostConfig":{"NetworkMode":"web","RestartPolicy":{"Name":"on-failure","MaximumRetryCount":5},"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},
"Binds":["data:/data:rw","/etc/localtime:/etc/localtime:ro"],"Memory":536870912,"NanoCpus":1500000000,"CapDrop":["ALL"],"CapAdd":["NET_BIND_SERVICE"],
"Ulimits":[{"Name":"nofile","Soft":1024,"Hard":4096}],"LogConfig":{"Type":"json-file","Config":{"max-size":"10m","max-file":"3"}},
"Mounts":[{"Type":"tmpfs","Target":"/tmp","TmpfsOptions":{"SizeBytes":67108864}}],"SecurityOpt":["no-new-privileges"],"ShmSize":67108864},
"NetworkingConfig":{"EndpointsConfig":{"web":{"Aliases":["app"],"IPAMConfig":{"IPv4Address":"172.20.0.5"}}}},"MacAddress":null,
"Labels":{"com.example.team":"core","com.example.stage":"test"},"StopSignal":null,"Healthcheck":{"Test":["CMD","curl","-f","http://localhost"],
"Interval":30000000000,"Timeout":5000000000,"Retries":3},"StopTimeout":null,"Runtime":null}"#;

fn check(criterion: &mut Criterion) {
    let query = [("name".to_owned(), "web".to_owned())];
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let path = "/v1.45/containers/create";
    let body = CREATE.as_bytes();
    assert!(
        examine(
            "POST",
            path,
            ApiVersion::v1(45),
            &query,
            &headers,
            Some(body)
        )
        .is_empty()
    );
    criterion.bench_function("check a create body", |bencher| {
        bencher.iter(|| {
            examine(
                black_box("POST"),
                black_box(path),
                ApiVersion::v1(45),
                &query,
                &headers,
                Some(black_box(body)),
            )
        });
    });
    criterion.bench_function("check a create body that is too new", |bencher| {
        bencher.iter(|| {
            examine(
                black_box("POST"),
                "/containers/create",
                ApiVersion::v1(24),
                &query,
                &headers,
                Some(black_box(body)),
            )
        });
    });
    criterion.bench_function("check a list", |bencher| {
        let query = [(
            "filters".to_owned(),
            r#"{"status":["running"],"label":["a=b"]}"#.to_owned(),
        )];
        bencher.iter(|| {
            examine(
                black_box("GET"),
                "/containers/json",
                ApiVersion::v1(45),
                &query,
                &[],
                None,
            )
        });
    });
    criterion.bench_function("changes of meaning of a create body", |bencher| {
        bencher.iter(|| {
            behaviours(
                black_box("POST"),
                black_box(path),
                ApiVersion::v1(45),
                &query,
                &headers,
                Some(black_box(body)),
            )
        });
    });
}

/// What a client does before every request.
fn reviews(criterion: &mut Criterion) {
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let plain = CREATE.replace(":ro\"", "\"");
    let plain = plain.replace("TmpfsOptions", "Labels");
    for (name, body) in [
        ("review a create body", plain.as_str()),
        (
            "review a create body that a change of meaning touches",
            CREATE,
        ),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                review(
                    black_box("POST"),
                    "/v1.51/containers/create?name=web",
                    ApiVersion::v1(51),
                    &headers,
                    Some(black_box(body.as_bytes())),
                )
            });
        });
    }
    criterion.bench_function("review an inspection", |bencher| {
        bencher.iter(|| {
            review(
                black_box("GET"),
                "/v1.51/containers/0123456789abcdef/json",
                ApiVersion::v1(51),
                &headers,
                None,
            )
        });
    });
}

criterion_group!(benches, check, reviews);
criterion_main!(benches);
