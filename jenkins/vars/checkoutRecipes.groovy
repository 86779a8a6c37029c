import factory.BuildText

/** images/ of the branch, tag or commit that is asked for: recipes only, everything else is the deployed commit's. */
def call(String asked) {
    String wanted = asked?.trim()
    if (!env.FACTORY_GIT) {
        if (wanted) error('there is no repository to take a branch from: infrastructure.git is not set in factory.yaml')
        return
    }
    String usual = env.FACTORY_GIT_REF ?: 'main'
    String ref = wanted ?: usual
    int status = 0
    // Jenkins expands $NAME in what it is given as environment
    withEnv(["WANTED=${ref.replace('$', '$$')}"]) {
        status = sh(label: "recipes of ${ref}", returnStatus: true, script: fetching())
    }
    if (status == 3) {
        error(wanted ? "RECIPES: the repository has no branch, tag or commit \"${wanted}\"; leave it empty for the usual branch (${usual})"
            : "infrastructure.git: the repository has no branch, tag or commit \"${usual}\"")
    }
    if (status != 0) error("the recipes can't be fetched from infrastructure.git: ${BuildText.lastLines(readFile('logs/recipes.log'), 1)}")
    env.RECIPES_DIRECTORY = "${pwd()}/recipes"
}

/** What is asked for is only ever a name in git: whatever it begins with, it is no option. */
private String fetching() {
    return '''#!/bin/bash
        set -euo pipefail
        rm -rf recipes
        mkdir -p logs
        git clone --quiet --no-checkout -- "$FACTORY_GIT" recipes 2>&1 | tee logs/recipes.log
        commit=
        for name in "origin/$WANTED" "$WANTED"; do
            commit=$(git -C recipes rev-parse --quiet --verify --end-of-options "$name^{commit}" 2>/dev/null) && break
        done
        [ -n "$commit" ] || exit 3
        git -C recipes checkout --quiet --detach "$commit" 2>&1 | tee logs/recipes.log
        git -C recipes log -1 --format='recipes of %H (%ci)'
    '''
}
