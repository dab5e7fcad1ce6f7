//! The CI system of a run, from the environment variables that it sets.

use serde_json::{Value, json};

/// A CI system with the variables that describe a build. A template contains variables as `${NAME}`.
struct CiSystem {
    name: &'static str,
    /// Set exactly on this system.
    marker: &'static str,
    url: &'static str,
    build_number: &'static str,
    remote: &'static str,
    revision: &'static str,
    branch: &'static str,
    tag: &'static str,
}

const SYSTEMS: [CiSystem; 8] = [
    CiSystem {
        name: "GitHub Actions",
        marker: "GITHUB_ACTIONS",
        url: "${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}",
        build_number: "${GITHUB_RUN_ID}",
        remote: "${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git",
        revision: "${GITHUB_SHA}",
        branch: "${GITHUB_HEAD_REF}",
        tag: "",
    },
    CiSystem {
        name: "GitLab",
        marker: "GITLAB_CI",
        url: "${CI_JOB_URL}",
        build_number: "${CI_JOB_ID}",
        remote: "${CI_REPOSITORY_URL}",
        revision: "${CI_COMMIT_SHA}",
        branch: "${CI_COMMIT_BRANCH}",
        tag: "${CI_COMMIT_TAG}",
    },
    CiSystem {
        name: "Jenkins",
        marker: "JENKINS_URL",
        url: "${BUILD_URL}",
        build_number: "${BUILD_NUMBER}",
        remote: "${GIT_URL}",
        revision: "${GIT_COMMIT}",
        branch: "${GIT_LOCAL_BRANCH}",
        tag: "",
    },
    CiSystem {
        name: "CircleCI",
        marker: "CIRCLECI",
        url: "${CIRCLE_BUILD_URL}",
        build_number: "${CIRCLE_BUILD_NUM}",
        remote: "${CIRCLE_REPOSITORY_URL}",
        revision: "${CIRCLE_SHA1}",
        branch: "${CIRCLE_BRANCH}",
        tag: "${CIRCLE_TAG}",
    },
    CiSystem {
        name: "Azure Pipelines",
        marker: "TF_BUILD",
        url: "${BUILD_BUILDURI}",
        build_number: "${BUILD_BUILDNUMBER}",
        remote: "${BUILD_REPOSITORY_URI}",
        revision: "${BUILD_SOURCEVERSION}",
        branch: "${BUILD_SOURCEBRANCHNAME}",
        tag: "",
    },
    CiSystem {
        name: "Buildkite",
        marker: "BUILDKITE",
        url: "${BUILDKITE_BUILD_URL}",
        build_number: "${BUILDKITE_BUILD_NUMBER}",
        remote: "${BUILDKITE_REPO}",
        revision: "${BUILDKITE_COMMIT}",
        branch: "${BUILDKITE_BRANCH}",
        tag: "${BUILDKITE_TAG}",
    },
    CiSystem {
        name: "Bitbucket",
        marker: "BITBUCKET_BUILD_NUMBER",
        url: "${BITBUCKET_GIT_HTTP_ORIGIN}/addon/pipelines/home#!/results/${BITBUCKET_BUILD_NUMBER}",
        build_number: "${BITBUCKET_BUILD_NUMBER}",
        remote: "${BITBUCKET_GIT_HTTP_ORIGIN}",
        revision: "${BITBUCKET_COMMIT}",
        branch: "${BITBUCKET_BRANCH}",
        tag: "${BITBUCKET_TAG}",
    },
    CiSystem {
        name: "Travis CI",
        marker: "TRAVIS",
        url: "${TRAVIS_BUILD_WEB_URL}",
        build_number: "${TRAVIS_JOB_NUMBER}",
        remote: "https://github.com/${TRAVIS_REPO_SLUG}.git",
        revision: "${TRAVIS_COMMIT}",
        branch: "${TRAVIS_BRANCH}",
        tag: "${TRAVIS_TAG}",
    },
];

/// Returns the `ci` field of the `meta` message, or `None` outside of a known CI system.
pub(in crate::report) fn ci(variable: impl Fn(&str) -> Option<String>) -> Option<Value> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let system = SYSTEMS.iter().find(|system| variable(system.marker).is_some())?;
    let fill = |template: &str| expand(template, &variable);
    let mut ci = json!({ "name": system.name });
    if let Some(url) = fill(system.url) {
        ci["url"] = json!(url);
    }
    if let Some(number) = fill(system.build_number) {
        ci["buildNumber"] = json!(number);
    }
    if let (Some(remote), Some(revision)) = (fill(system.remote), fill(system.revision)) {
        let mut git = json!({ "remote": without_credentials(&remote), "revision": revision });
        // GitHub sets the branch only in builds of pull requests.
        let reference = variable("GITHUB_REF").filter(|_| system.marker == "GITHUB_ACTIONS");
        let reference = |kind: &str| Some(reference.as_ref()?.strip_prefix(kind)?.to_owned());
        if let Some(branch) = fill(system.branch).or_else(|| reference("refs/heads/")) {
            git["branch"] = json!(branch);
        }
        if let Some(tag) = fill(system.tag).or_else(|| reference("refs/tags/")) {
            git["tag"] = json!(tag);
        }
        ci["git"] = git;
    }
    Some(ci)
}

/// Replaces the variables of a template; `None` if it is empty or a variable is not set.
fn expand(template: &str, variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&variable(name)?);
        rest = after;
    }
    text.push_str(rest);
    (!text.is_empty()).then_some(text)
}

/// Removes user and password from a URL: a report must not publish the token of a CI job.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{scheme}://{host}/{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ci_of(variables: &[(&str, &str)]) -> Option<Value> {
        ci(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn github_is_described_with_its_branch() {
        let ci = ci_of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "a/b"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_SHA", "abc"),
            ("GITHUB_REF", "refs/heads/main"),
        ]);
        let expected = json!({
            "name": "GitHub Actions",
            "url": "https://github.com/a/b/actions/runs/7",
            "buildNumber": "7",
            "git": { "remote": "https://github.com/a/b.git", "revision": "abc", "branch": "main" },
        });
        assert_eq!(ci, Some(expected));
    }

    #[test]
    fn credentials_are_left_out() {
        let ci = ci_of(&[
            ("GITLAB_CI", "true"),
            ("CI_REPOSITORY_URL", "https://gitlab-ci-token:secret@gitlab.com/a/b.git"),
            ("CI_COMMIT_SHA", "abc"),
        ]);
        assert_eq!(ci.unwrap()["git"]["remote"], "https://gitlab.com/a/b.git");
    }

    #[test]
    fn no_known_system_is_none() {
        assert_eq!(ci_of(&[("CI", "true")]), None);
    }
}
