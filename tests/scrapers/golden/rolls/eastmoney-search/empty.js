froth({"code": 0, "hitsTotal": 0, "msg": "OK", "result": {"cmsArticleWebOld": []}})
