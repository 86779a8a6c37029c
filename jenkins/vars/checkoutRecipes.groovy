/** images/ of the branch, tag or commit that is asked for: recipes only, everything else is the deployed commit's. */
def call(String wanted) {
    if (!env.FACTORY_GIT) {
        if (wanted) error('there is no repository to take a branch from: infrastructure.git is not set in factory.yaml')
        return
    }
    String ref = wanted ?: env.FACTORY_GIT_REF ?: 'main'
    withEnv(["WANTED=${ref}"]) {
        sh(label: "recipes of ${ref}", script: '''#!/bin/bash
            set -euo pipefail
            rm -rf recipes
            git clone --quiet --no-checkout -- "$FACTORY_GIT" recipes
            git -C recipes checkout --quiet --detach "origin/$WANTED" 2>/dev/null || git -C recipes checkout --quiet --detach "$WANTED"
            git -C recipes log -1 --format='recipes of %H (%ci)'
        ''')
    }
    env.RECIPES_DIRECTORY = "${pwd()}/recipes"
}
